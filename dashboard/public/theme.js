// Applies the stored theme before the first paint. Kept out of the bundle and out of the page,
// because the content security policy forbids inline scripts.
(function () {
  try {
    var theme = localStorage.getItem('bataudit-theme');
    if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
  } catch {
    // Storage may be blocked; the system's own preference then decides.
  }
})();
