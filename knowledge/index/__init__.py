"""The index: contextual chunks, BM25 beside Chroma. Rebuilt from the files at any time."""

from knowledge.index.chunks import Chunk, chunks_of
from knowledge.index.dense import DenseHit, DenseIndex, open_dense
from knowledge.index.lexical import LexicalIndex

__all__ = ["Chunk", "DenseHit", "DenseIndex", "LexicalIndex", "chunks_of", "open_dense"]
