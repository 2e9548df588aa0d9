// Runs before anything is painted, so that a chosen theme does not flash.
(function () {
	try {
		var theme = localStorage.getItem('theme');
		if (theme === 'light' || theme === 'dark')
			document.documentElement.dataset.theme = theme;
	} catch (e) {
		// Storage is blocked: the system's theme is used.
	}
})();
