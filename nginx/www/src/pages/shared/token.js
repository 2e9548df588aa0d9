// The token behind the # of a mail's link, taken out of the address bar.
import { useEffect, useState } from 'preact/hooks';

export function useToken() {
	const [token] = useState(() => location.hash.slice(1));
	useEffect(() => {
		if (token)
			history.replaceState(history.state, '', location.pathname);
	}, []);
	return token;
}
