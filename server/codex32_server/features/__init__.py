"""What the product does, one folder a feature; the order between them is an import contract."""
