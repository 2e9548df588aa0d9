export default function Page() { return <h1>admin/invoice</h1>; }
