import './style.css';
import { mount } from 'svelte';
import ApiPage from './ApiPage.svelte';

mount(ApiPage, { target: document.getElementById('app')! });
