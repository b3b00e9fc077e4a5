"""What the launcher says, in the language of the terminal."""

import os

TEXTS = {
    "making": (
        "Making Tregua's own environment in {folder} (once; about a minute).",
        "Preparo el entorno propio de Tregua en {folder} (una sola vez; cosa de un minuto).",
    ),
    "updating": (
        "The list of packages has changed: bringing {folder} up to date.",
        "La lista de paquetes ha cambiado: pongo al día {folder}.",
    ),
    "again": (
        "An earlier installation was cut short: beginning it anew.",
        "Una instalación anterior quedó a medias: la empiezo de nuevo.",
    ),
    "waiting": (
        "Another start is installing the packages: waiting for it.",
        "Otro arranque está instalando los paquetes: lo espero.",
    ),
    "fetching": ("  fetching packages", "  trayendo paquetes"),
    "unpacking": ("  unpacking packages", "  desempaquetando"),
    "compiling": ("  compiling", "  compilando"),
    "ready": ("Ready in {seconds} s.", "Listo en {seconds} s."),
    "interrupted": (
        "Interrupted. The next start begins the installation anew.",
        "Interrumpido. El próximo arranque empezará la instalación de nuevo.",
    ),
    "not_writable": (
        "cannot write to {folder}. Clone Tregua into a folder of your own,"
        " or change its permissions.",
        "no se puede escribir en {folder}. Clona Tregua en una carpeta tuya o cambia sus permisos.",
    ),
    "no_file": (
        "the environment could not be made: {reason}",
        "no se pudo preparar el entorno: {reason}",
    ),
    "no_venv": (
        "this Python cannot make environments ({reason}). Install python3-venv and start again.",
        "este Python no sabe crear entornos ({reason}). Instala python3-venv y repite.",
    ),
    "bad_pip": (
        "{file} is not the file that belongs here. Get it again with: git checkout -- bootstrap",
        "{file} no es el fichero que corresponde. Recupéralo con: git checkout -- bootstrap",
    ),
    "no_network": (
        "the packages could not be fetched: the package index of this machine does not answer,"
        " or does not have them."
        " Connect to the network, or name another index in PIP_INDEX_URL, and start again."
        " pip said: {reason}",
        "no se pudieron traer los paquetes: el índice de paquetes de esta máquina no responde,"
        " o no los tiene."
        " Conéctate a la red, o indica otro índice en PIP_INDEX_URL, y repite."
        " pip dijo: {reason}",
    ),
    "no_space": (
        "the disk is full: about 700 MB are needed in {folder}. Make room and start again.",
        "el disco está lleno: hacen falta unos 700 MB en {folder}. Haz sitio y repite.",
    ),
    "pip_failed": (
        "the packages could not be installed. pip said: {reason} (all of it: {log})",
        "no se pudieron instalar los paquetes. pip dijo: {reason} (completo: {log})",
    ),
    "system_missing": (
        "The tests need programs that are missing: {names}.",
        "Las pruebas necesitan programas que faltan: {names}.",
    ),
    "system_installing": (
        "Installing them with: {command}",
        "Los instalo con: {command}",
    ),
    "system_by_hand": (
        "Install them and start again:\n  {command}",
        "Instálalos y repite:\n  {command}",
    ),
    "system_no_apt": (
        "They come from Debian's packages, and apt-get is not here. Install: {names}",
        "Vienen de los paquetes de Debian, y aquí no hay apt-get. Instala: {names}",
    ),
    "second_try": (
        "Some tests failed beside others; they are tried once more, alone.",
        "Algunas pruebas han fallado junto a otras; se intentan una vez más, solas.",
    ),
    "all_passed": ("all passed", "todo correcto"),
    "failed": ("failed: {names}", "han fallado: {names}"),
    "format": ("format", "formato"),
    "lint": ("lint", "lint"),
    "types": ("types", "tipos"),
    "imports": ("imports", "importaciones"),
    "tests": ("tests", "pruebas"),
}


def say(key: str, **values: object) -> str:
    return TEXTS[key][_language()].format(**values)


def _language() -> int:
    """0 for English, 1 for Spanish: as the environment wants it."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name)
        if value:
            return int(value.lower().startswith("es"))
    return 0
