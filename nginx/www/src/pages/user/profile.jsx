export default function Page() { return <h1>user/profile</h1>; }
