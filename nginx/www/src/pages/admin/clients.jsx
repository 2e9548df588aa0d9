export default function Page() { return <h1>admin/clients</h1>; }
