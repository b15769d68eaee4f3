using Camshaft.Backends;

namespace Camshaft.Server.CommandLine.Tensors;

/// <summary>A tensor as commands hold it: what it is called, and its bytes as they travel.</summary>
/// <param name="Name">Its name.</param>
/// <param name="DataType">Its datatype.</param>
/// <param name="Shape">Its dimensions.</param>
/// <param name="Data">Its elements, little-endian, row by row; BYTES elements after their lengths.</param>
internal sealed record TensorValue(string Name, DataType DataType, IReadOnlyList<long> Shape, ReadOnlyMemory<byte> Data);
