import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vite'

export default defineConfig({
  plugins: [vue()],
  build: {
    outDir: '../src/hutuo/api/static',
    emptyOutDir: true,
    // MapLibre alone is larger than Vite's default warning; it is loaded with the map page only.
    chunkSizeWarningLimit: 1500,
    // How long each plugin took is nothing to whoever sets the project up.
    rolldownOptions: { checks: { bundlerTimings: false } },
  },
  server: { proxy: { '/api': 'http://127.0.0.1:8765' } },
})
