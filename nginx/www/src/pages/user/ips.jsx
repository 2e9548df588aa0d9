export default function Page() { return <h1>user/ips</h1>; }
