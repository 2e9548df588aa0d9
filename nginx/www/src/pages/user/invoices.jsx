export default function Page() { return <h1>user/invoices</h1>; }
