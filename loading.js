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
      const why = reason?.message ?? reason;
      line.textContent =
        document.documentElement.lang === 'pt-BR'
          ? `O Quorum não pôde ser carregado: ${why}. Verifique a conexão e recarregue esta página.`
          : `Quorum could not be loaded: ${why}. Check the connection and reload this page.`;
    },
  };
}
