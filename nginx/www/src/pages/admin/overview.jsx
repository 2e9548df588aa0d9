export default function Page() { return <h1>admin/overview</h1>; }
