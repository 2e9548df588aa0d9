import { saveAs } from './api.js';

// A table as a CSV file, made in the browser. Text that a spreadsheet would
// take for a formula is quoted away.
function cell(value) {
	let text = String(value ?? '');
	if (/^[=+@\t\r]/.test(text) || (text.startsWith('-') && !/^-\d[\d.]*$/.test(text)))
		text = `'${text}`;
	return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export function downloadCsv(name, head, rows) {
	const text = [head, ...rows].map((row) => row.map(cell).join(',')).join('\r\n');
	saveAs(new Blob(['\ufeff', text, '\r\n'], { type: 'text/csv' }), name);
}
