export default function Page() { return <h1>admin/client</h1>; }
