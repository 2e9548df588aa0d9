export default function Page() { return <h1>admin/whmcs</h1>; }
