using Camshaft.Testing.Cuda.Ptx.Execution;

namespace Camshaft.Testing.Cuda.Ptx.Instructions;

/// <summary>Writes one or several values to memory.</summary>
internal sealed class Store(MemoryPlace place, PtxType type, PtxValue[] sources) : PtxInstruction
{
    public override void Execute(PtxThread thread)
    {
        var bytes = place.Access(thread, type.ByteSize * sources.Length, isWrite: true);
        for (var i = 0; i < sources.Length; i++)
        {
            Bytes.Write(bytes[(i * type.ByteSize)..], type, thread.Read(sources[i]));
        }
    }
}
