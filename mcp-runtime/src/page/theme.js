// The chosen theme, before anything is painted.
try {
  const theme = localStorage.getItem('mcp-theme');
  if (theme) document.documentElement.dataset.theme = theme;
} catch {
  /* without storage the system decides */
}
