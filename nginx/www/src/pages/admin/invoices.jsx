export default function Page() { return <h1>admin/invoices</h1>; }
