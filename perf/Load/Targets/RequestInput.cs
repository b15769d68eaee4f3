using Camshaft.Backends;

namespace Camshaft.Load.Targets;

/// <summary>An input of a prepared request.</summary>
/// <param name="Name">Its name.</param>
/// <param name="DataType">Its datatype.</param>
/// <param name="Shape">Its dimensions, none of them open.</param>
/// <param name="Data">Its bytes, as a request carries them.</param>
internal sealed record RequestInput(string Name, DataType DataType, long[] Shape, byte[] Data);
