import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

// Relative, so that a reverse proxy may have the page below any path. `npm run dev` talks to a gateway on 8080.
export default defineConfig({
  base: './',
  plugins: [svelte()],
  build: { target: 'es2020', emptyOutDir: true, assetsInlineLimit: 0, rollupOptions: { input: ['index.html', 'api.html'] } },
  server: { proxy: { '/api': { target: 'http://127.0.0.1:8080', ws: true } } },
});
