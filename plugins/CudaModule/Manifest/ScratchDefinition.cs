using Camshaft.Plugins.CudaModules.Expressions;

namespace Camshaft.Plugins.CudaModules.Manifest;

/// <summary>Memory that a model's kernels hand on to each other.</summary>
/// <param name="Name">Its name in the manifest.</param>
/// <param name="ByteSize">How many bytes a batch needs.</param>
internal sealed record ScratchDefinition(string Name, Expression ByteSize);
