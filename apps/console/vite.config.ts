import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/** The server serves the console under `/admin/`; names in `assets/` carry a hash and may be cached for good. */
export default defineConfig({
  root: import.meta.dirname,
  base: '/admin/',
  plugins: [react()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    // the CSP forbids inline script and `data:` fonts; small files stay files
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2023',
    reportCompressedSize: false,
    chunkSizeWarningLimit: 700,
  },
})
