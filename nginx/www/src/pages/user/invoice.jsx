export default function Page() { return <h1>user/invoice</h1>; }
