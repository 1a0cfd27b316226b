"""What mkdocs.yml cannot say by itself.

The navigation gets what the folder holds, so that no page is left out: in it `folder/` stands for all pages of a folder,
and a last section has the pages that it does not name. Links to files of the checkout that are no pages lead to the
repository; one to a file that does not exist is a warning, which fails the build.
"""

import logging
import os
import re
from pathlib import Path

LOG = logging.getLogger("mkdocs.hooks.docs")
LINK = re.compile(r"\]\((\.\.?/[^)#\s]+)")


def pages(docs, folder=""):
    """The pages of a folder, its README first, as mkdocs names them."""
    found = sorted((docs / folder).glob("*.md"), key=lambda page: (page.name != "README.md", page.name))
    return [page.relative_to(docs).as_posix() for page in found]


def expanded(entry, docs, named):
    """An entry of the navigation, with folders in full; notes every page in `named`."""
    if isinstance(entry, dict):
        return {title: expanded(below, docs, named) for title, below in entry.items()}
    if isinstance(entry, list):
        return [expanded(below, docs, named) for below in entry]
    found = pages(docs, entry) if entry.endswith("/") else [entry]
    named.update(found)
    return found if entry.endswith("/") else entry


def on_config(config):
    docs, named = Path(config.docs_dir), set()
    nav = expanded(config.nav, docs, named)
    folders = sorted({"", *(page.parent.relative_to(docs).as_posix() for page in docs.rglob("*.md"))} - {"."})
    left = [page for folder in folders for page in pages(docs, folder) if page not in named]
    config.nav = [*nav, {"More": left}] if left else nav
    return config


def on_page_markdown(markdown, page, config, **_):
    docs, folder = Path(config.docs_dir), Path(page.file.abs_src_path).parent

    def outside(link):
        path = Path(os.path.normpath(folder / link[1]))
        if path.is_relative_to(docs):
            return link[0]
        if not path.exists():
            LOG.warning("'%s' contains a link '%s', but there is no such file", page.file.src_path, link[1])
        return f"]({config.repo_url}/blob/main/{path.relative_to(docs.parent).as_posix()}"

    return LINK.sub(outside, markdown)
