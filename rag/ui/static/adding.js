// Runs after sources.js, in its scope. Sends: bring {files: [{name, data}]}, data as base64.
const encoded = (file) => new Promise((done, failed) => {
  const reader = new FileReader();
  reader.onload = () => done(reader.result.slice(reader.result.indexOf(',') + 1));
  reader.onerror = () => failed(reader.error);
  reader.readAsDataURL(file);
});
const send = async (label, files) => {
  const { sending, largest, most, many } = label.dataset;
  const note = element.querySelector('.wb-added');
  if (!files.length) return;
  if (files.length > Number(most) || files.reduce((sum, file) => sum + file.size, 0) > Number(largest)) {
    note.innerHTML = '<p class="wb-stale"></p>';
    note.firstChild.textContent = many;
    return;
  }
  note.textContent = `${sending} …`;
  const data = await Promise.all(files.map(encoded));
  expected = true;
  trigger('bring', { files: files.map((file, i) => ({ name: file.name, data: data[i] })) });
};
element.addEventListener('change', (event) => {
  const label = event.target.closest('.wb-drop');
  if (label) send(label, [...event.target.files]);
});
for (const name of ['dragover', 'dragleave', 'drop']) {
  element.addEventListener(name, (event) => {
    const label = event.target.closest('.wb-drop');
    if (!label) return;
    event.preventDefault();
    label.classList.toggle('wb-over', name === 'dragover');
    if (name === 'drop') send(label, [...event.dataTransfer.files]);
  });
}
