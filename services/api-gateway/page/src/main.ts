import './style.css';
import { mount } from 'svelte';
import App from './App.svelte';

const app = document.getElementById('app')!;
app.replaceChildren(); // the title stood there while this was loading
mount(App, { target: app });
if ('serviceWorker' in navigator && window.isSecureContext) {
  void navigator.serviceWorker.register('./sw.js');
}
