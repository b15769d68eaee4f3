using Camshaft.Testing.Cuda.Ptx.Execution;

namespace Camshaft.Testing.Cuda.Ptx.Instructions;

/// <summary>Reads one or several registers from memory.</summary>
internal sealed class Load(MemoryPlace place, PtxType type, IReadOnlyList<PtxDestination> destinations) : PtxInstruction
{
    public override void Execute(PtxThread thread)
    {
        var bytes = place.Access(thread, type.ByteSize * destinations.Count, isWrite: false);
        for (var i = 0; i < destinations.Count; i++)
        {
            thread.Write(destinations[i], Bytes.Read(bytes[(i * type.ByteSize)..], type));
        }
    }
}
