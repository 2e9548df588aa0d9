export default function Page() { return <h1>user/instances</h1>; }
