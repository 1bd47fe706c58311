// Applies the chosen theme before the first paint.
try {
  const theme = localStorage.getItem('mcp-theme');
  if (theme) document.documentElement.dataset.theme = theme;
} catch {
  /* without storage the system decides */
}
