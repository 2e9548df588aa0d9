// The token behind the # of a mail's link, taken out of the address bar.
import { useEffect, useState } from 'preact/hooks';

export function useToken() {
	const [token, setToken] = useState(() => location.hash.slice(1));
	useEffect(() => {
		// A second link opened over the first one changes nothing but the hash.
		const read = () => {
			if (location.hash.length < 2)
				return;
			setToken(location.hash.slice(1));
			history.replaceState(history.state, '', location.pathname);
		};
		read();
		addEventListener('hashchange', read);
		return () => removeEventListener('hashchange', read);
	}, []);
	return token;
}
