// Client-Server API, "Fallback": how the client that opened the page learns that the stage is done
if (typeof window.onAuthDone === 'function') window.onAuthDone()
else window.opener?.postMessage('authDone', '*')
