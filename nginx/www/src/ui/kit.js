// Everything screens are made of, in one file for the browser: the bundler
// would otherwise cut it into a dozen small ones, each another round trip.
export * from './base.jsx';
export * from './dialog.jsx';
export * from './downloads.jsx';
export * from './form.jsx';
export * from './shell.jsx';
export * from './table.jsx';
export * from './toast.jsx';
