using Camshaft.Testing.Cuda.Ptx.Execution;

namespace Camshaft.Testing.Cuda.Ptx.Instructions;

/// <summary>Reads one or several registers from a parameter.</summary>
internal sealed class ParameterLoad(int parameter, int offset, PtxType type, IReadOnlyList<PtxDestination> destinations) : PtxInstruction
{
    public override void Execute(PtxThread thread)
    {
        var bytes = thread.Block.Launch.GetParameter(parameter)[offset..];
        for (var i = 0; i < destinations.Count; i++)
        {
            thread.Write(destinations[i], Bytes.Read(bytes[(i * type.ByteSize)..], type));
        }
    }
}
