export default function Page() { return <h1>user/dashboard</h1>; }
