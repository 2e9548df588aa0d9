// Tables: dense on a desk, cards on a phone. List adds search, status and pages.
import { useEffect, useRef, useState } from 'preact/hooks';
import { query } from '../lib/api.js';
import { number } from '../lib/format.js';
import { plural, t, tCode } from '../lib/i18n.js';
import { useQuery } from '../lib/router.js';
import { useDebounced, useGet } from '../lib/use.js';
import { Button, Empty, ErrorNote, Icon, Skeleton } from './base.jsx';

const PER_PAGE = 25;
const SEARCH_MS = 250;

function SortHead({ column, sort, dir, onSort }) {
	const active = sort === column.sort;
	return (
		<button type="button" class={`sort${active ? ' active' : ''}`}
			onClick={() => onSort(column.sort, active && dir === 'asc' ? 'desc' : 'asc')}>
			{column.title}
			{active ? (dir === 'asc' ? <Icon icon="arrow-up" size={13} /> : <Icon icon="arrow-down" size={13} />)
				: <Icon icon="arrow-up-down" size={13} />}
		</button>
	);
}

// columns: {id, title, cell(row), num, main, sort, hide}. rowClass(row) marks rows.
export function Table({ caption, columns, rows, rowKey = (row) => row.id, rowClass, sort, dir, onSort, foot }) {
	const shown = columns.filter((column) => column && !column.hide);
	const ariaSort = (column) => {
		if (!column.sort || sort !== column.sort)
			return undefined;
		return dir === 'asc' ? 'ascending' : 'descending';
	};
	return (
		<div class="table-wrap">
			<table class="table">
				<caption class="sr">{caption}</caption>
				<thead>
					<tr>
						{shown.map((c) => (
							<th key={c.id} scope="col" class={c.num ? 'num' : ''} aria-sort={ariaSort(c)}>
								{c.sort && onSort ? <SortHead column={c} sort={sort} dir={dir} onSort={onSort} />
									: c.title || <span class="sr">{t('table.actions')}</span>}
							</th>
						))}
					</tr>
				</thead>
				<tbody>
					{rows.map((row) => (
						<tr key={rowKey(row)} class={rowClass?.(row)}>
							{shown.map((c) => {
								const names = [c.num && 'num', c.main && 'main', !c.title && 'row-actions'].filter(Boolean).join(' ');
								return <td key={c.id} class={names} data-label={c.title}>{c.cell(row)}</td>;
							})}
						</tr>
					))}
				</tbody>
				{foot && <tfoot>{foot}</tfoot>}
			</table>
		</div>
	);
}

function Pages({ page, per, total, onPage }) {
	const last = Math.max(1, Math.ceil(total / per));
	const from = total === 0 ? 0 : (page - 1) * per + 1;
	return (
		<nav class="pages" aria-label={t('table.pages')}>
			<span>{t('table.range', { from: number(from), to: number(Math.min(total, page * per)), total: number(total) })}</span>
			<Button small disabled={page <= 1} onClick={() => onPage(page - 1)} icon="chevron-left" aria-label={t('table.prev')} />
			<Button small disabled={page >= last} onClick={() => onPage(page + 1)} icon="chevron-right" aria-label={t('table.next')} />
		</nav>
	);
}

function SearchBox({ value, onValue, label }) {
	const [text, setText] = useState(value);
	const late = useDebounced(text, SEARCH_MS);
	const sent = useRef(value);
	useEffect(() => {
		if (late !== sent.current) {
			sent.current = late;
			onValue(late);
		}
	}, [late]);
	useEffect(() => {
		if (value !== sent.current) {
			sent.current = value;
			setText(value);
		}
	}, [value]);
	return (
		<div class="search">
			<Icon icon="search" size={16} />
			<input type="search" name="q" aria-label={label} placeholder={label} value={text} onInput={(e) => setText(e.target.value)} />
		</div>
	);
}

function StatusChips({ statuses, words, counts, value, onValue }) {
	return (
		<div class="chips" role="group" aria-label={t('table.filter')}>
			{['', ...statuses].map((status) => (
				<button key={status} type="button" aria-pressed={String(value === status)} onClick={() => onValue(status)}>
					{status ? tCode(words, status) : t('table.all')}
					{status && counts?.[status] > 0 && <span class="count">{number(counts[status])}</span>}
				</button>
			))}
		</div>
	);
}

// A list from the API with its state in the address. Fetched again every poll
// milliseconds and whenever round changes.
export function List({ path, caption, columns, statuses, words = 'status', search, defaults, empty, rowClass, poll, round }) {
	const [values, set] = useQuery({ q: '', status: '', page: 1, per: PER_PAGE, sort: '', dir: '', ...defaults });
	const list = useGet(query(path, values));
	const filtered = values.q !== '' || values.status !== '';
	useEffect(() => {
		const timer = poll && setInterval(list.reload, poll);
		return () => clearInterval(timer);
	}, [poll]);
	useEffect(() => {
		if (round)
			list.reload();
	}, [round]);
	const onSort = (sort, dir) => set({ sort, dir, page: 1 });
	const rows = list.data?.rows;
	return (
		<section class="card flush list" aria-busy={String(list.loading)}>
			{(search || statuses) && (rows?.length > 0 || filtered || !rows) && (
				<div class="list-bar">
					{search && <SearchBox value={values.q} label={search} onValue={(q) => set({ q, page: 1 })} />}
					{statuses && (
						<StatusChips statuses={statuses} words={words} counts={list.data?.counts} value={values.status}
							onValue={(status) => set({ status, page: 1 })} />
					)}
					<span class="sr" role="status">{rows ? plural('table.found', list.data.total) : ''}</span>
				</div>
			)}
			{list.error && <ErrorNote error={list.error} retry={list.reload} />}
			{!rows && !list.error && <Skeleton lines={6} />}
			{rows?.length > 0 && (
				<Table caption={caption} columns={columns} rows={rows} rowClass={rowClass}
					sort={values.sort} dir={values.dir} onSort={onSort} />
			)}
			{rows?.length === 0 && (filtered
				? <Empty icon="search-x" title={t('table.none')} action={
					<Button onClick={() => set({ q: '', status: '', page: 1 })}>{t('table.clear')}</Button>}>{t('table.none_help')}</Empty>
				: empty)}
			{rows && list.data.total > list.data.per && (
				<Pages page={list.data.page} per={list.data.per} total={list.data.total} onPage={(page) => set({ page })} />
			)}
		</section>
	);
}
