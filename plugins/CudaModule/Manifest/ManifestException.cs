namespace Camshaft.Plugins.CudaModules.Manifest;

/// <summary>A manifest does not hold together; the message says why.</summary>
internal sealed class ManifestException(string message) : Exception(message);
