export default function Page() { return <h1>user/instance</h1>; }
