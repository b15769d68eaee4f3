using Camshaft.Backends;

namespace Camshaft.Plugins.Sample;

/// <summary>Where outputs go.</summary>
internal static class Outputs
{
    /// <summary>
    /// The engine's memory for an output: what it has ready where it knew the shape beforehand, else a piece of the size that
    /// the operation knows by now.
    /// </summary>
    public static TensorView Get(ModelExecution execution, int index, in TensorView like) =>
        execution.TryGetOutput(index, out var output) ? output : execution.AllocateOutput(index, like.DataType, like.Shape, like.ByteSize);
}
