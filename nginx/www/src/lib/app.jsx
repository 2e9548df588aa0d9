// Starts a portal: texts, session, routes. A screen's code is fetched with it.
import { render } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { ButtonLink, Empty, ErrorNote, Skeleton, Toasts } from '../ui/kit.js';
import { loadTexts, t } from './i18n.js';
import { matchRoute, navigate, startRouter, useLocation } from './router.js';
import { PORTAL, reboot, startPolling, useBoot } from './session.js';

const screens = new Map();

// import() once per screen; a failed load may be tried again.
function fetchScreen(route) {
	if (!screens.has(route.load)) {
		screens.set(route.load, route.load().catch((error) => {
			screens.delete(route.load);
			throw error;
		}));
	}
	return screens.get(route.load);
}

function Screen({ route, params }) {
	const [state, setState] = useState({});
	const [round, setRound] = useState(0);
	useEffect(() => {
		let stale = false;
		fetchScreen(route).then((module) => !stale && setState({ View: module.default, route }),
			(error) => !stale && setState({ error }));
		return () => { stale = true; };
	}, [route, round]);
	if (state.error)
		return <ErrorNote error={{ message: t('error.screen') }} retry={() => setRound(round + 1)} />;
	if (state.route !== route)
		return <Skeleton lines={5} />;
	return <state.View params={params} key={JSON.stringify(params)} />;
}

function Missing({ off }) {
	return (
		<div class="card">
			<h1 class="sr" tabIndex={-1}>{off ? t('missing.off') : t('missing.title')}</h1>
			<Empty icon="map-pin-off" title={off ? t('missing.off') : t('missing.title')} action={
				<ButtonLink kind="primary" href={`/${PORTAL}/`}>{t('missing.home')}</ButtonLink>}>
				{off ? t('missing.off_help') : t('missing.help')}
			</Empty>
		</div>
	);
}

// After a change of screen the focus goes to its heading, as a page load would.
function useFocusOnHeading(path) {
	const first = useRef(true);
	useEffect(() => {
		if (first.current) {
			first.current = false;
			return undefined;
		}
		const timer = setTimeout(() => {
			const heading = document.querySelector('main h1') ?? document.querySelector('main');
			if (!document.querySelector('dialog[open]'))
				heading?.focus({ preventScroll: true });
		}, 60);
		return () => clearTimeout(timer);
	}, [path]);
}

function Portal({ routes, home, Frame }) {
	const boot = useBoot();
	const { path } = useLocation();
	const found = matchRoute(routes, path);
	const open = found?.route.open;
	useFocusOnHeading(path);
	useEffect(() => {
		if (!boot.user && !open) {
			const next = path === `/${PORTAL}` ? '' : `?next=${encodeURIComponent(path + location.search)}`;
			navigate(`/${PORTAL}/login${next}`, { replace: true });
		} else if (boot.user && open === true) {
			const next = new URLSearchParams(location.search).get('next');
			navigate(next?.startsWith(`/${PORTAL}/`) ? next : home, { replace: true });
		} else if (path === `/${PORTAL}`) {
			navigate(home, { replace: true });
		}
	}, [boot.user?.id, open, path]);
	useEffect(() => {
		document.title = found ? `${t(found.route.title)} \u00b7 ${boot.brand}` : boot.brand;
	}, [found?.route, boot.brand]);
	if (path === `/${PORTAL}` || (open !== 'always' && Boolean(boot.user) === Boolean(open)))
		return null;
	if (open)
		return <Screen route={found.route} params={found.params} />;
	const off = found?.route.feature && !boot.features[found.route.feature];
	return (
		<Frame>
			{!found || off ? <Missing off={off} /> : <Screen route={found.route} params={found.params} />}
		</Frame>
	);
}

function Broken({ error }) {
	return (
		<div class="gate"><main><div class="gate-card">
			<h1>{t('error.start')}</h1>
			<ErrorNote error={error} retry={() => location.reload()} />
		</div></main></div>
	);
}

export async function start({ routes, home, Frame }) {
	const root = document.getElementById('app');
	const first = matchRoute(routes, location.pathname.replace(/\/+$/, ''));
	if (first)
		fetchScreen(first.route).catch(() => {});
	const texts = loadTexts();
	const booted = reboot().then(() => null, (error) => error);
	await texts;
	const error = await booted;
	if (error) {
		render(<Broken error={error} />, root);
		return;
	}
	startRouter();
	startPolling();
	render(<><Portal routes={routes} home={home} Frame={Frame} /><Toasts /></>, root);
}
