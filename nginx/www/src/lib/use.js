// Hooks all screens share.
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { get, idempotencyKey } from './api.js';
import { useBoot } from './session.js';

// {data, error, loading, reload}. Fetched again when path or the settings
// change; the old data stays on screen meanwhile. path null: nothing is fetched.
export function useGet(path) {
	const generation = useBoot()?.generation;
	const [state, setState] = useState({ loading: Boolean(path) });
	const [round, setRound] = useState(0);
	const abort = useRef(null);
	useEffect(() => {
		if (!path)
			return undefined;
		const controller = new AbortController();
		abort.current = controller;
		setState((old) => ({ data: old.path === path || sameList(old.path, path) ? old.data : undefined, path, loading: true }));
		get(path, { signal: controller.signal }).then(
			(data) => setState({ data, path, loading: false }),
			(error) => {
				if (!controller.signal.aborted)
					setState((old) => ({ data: old.data, path, error, loading: false }));
			});
		return () => controller.abort();
	}, [path, round, generation]);
	const reload = useCallback(() => setRound((n) => n + 1), []);
	const setData = useCallback((data) => setState((old) => ({ ...old, data })), []);
	return { ...state, reload, setData };
}

const sameList = (a, b) => a && b && a.split('?')[0] === b.split('?')[0];

// One key per opening of a form. A lost connection keeps it, so that pressing
// again cannot do it twice; an answer, yes or no, ends it.
export function useIdempotency() {
	const key = useRef(null);
	key.current ??= idempotencyKey();
	return useCallback(async (fn) => {
		try {
			const result = await fn(key.current);
			key.current = idempotencyKey();
			return result;
		} catch (error) {
			const refused = error.status >= 400 && error.status < 500;
			if (refused && (!error.code?.startsWith('idempotency.') || error.code === 'idempotency.mismatch'))
				key.current = idempotencyKey();
			throw error;
		}
	}, []);
}

// Costs grow once an hour: what shows them is fetched again when the billing
// clock, polled with the boot answer, has passed into another hour.
export function useHourly(reload) {
	const hour = useBoot()?.now?.slice(0, 13);
	const seen = useRef(hour);
	useEffect(() => {
		if (seen.current !== hour) {
			seen.current = hour;
			reload();
		}
	}, [hour]);
}

export function useDebounced(value, ms) {
	const [late, setLate] = useState(value);
	useEffect(() => {
		const timer = setTimeout(() => setLate(value), ms);
		return () => clearTimeout(timer);
	}, [value, ms]);
	return late;
}

// run(fn): busy while fn is under way, error when it threw.
export function useAction() {
	const [state, setState] = useState({ busy: false, error: null });
	const alive = useRef(true);
	useEffect(() => () => { alive.current = false; }, []);
	const run = useCallback(async (fn) => {
		setState({ busy: true, error: null });
		try {
			const result = await fn();
			if (alive.current)
				setState({ busy: false, error: null });
			return result;
		} catch (error) {
			if (alive.current)
				setState({ busy: false, error });
			return undefined;
		}
	}, []);
	const clear = useCallback(() => setState({ busy: false, error: null }), []);
	return { ...state, run, clear };
}
