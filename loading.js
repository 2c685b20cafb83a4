// Shows how far the download of the program is. Trunk calls it around the start of the program.

export default function initializer() {
  const line = document.querySelector('.loading');
  const bar = line.querySelector('progress');
  return {
    onProgress({ current, total }) {
      bar.max = total;
      bar.value = current;
    },
    onFailure(reason) {
      line.classList.add('error');
      line.setAttribute('role', 'alert');
      line.textContent = `Quorum could not be loaded: ${reason?.message ?? reason}. Check the connection and reload this page.`;
    },
  };
}
