"""The language server: what an editor shows while somebody writes metadata. Started by `lsp`; it writes nothing."""
