export default function Page() { return <h1>admin/client-new</h1>; }
