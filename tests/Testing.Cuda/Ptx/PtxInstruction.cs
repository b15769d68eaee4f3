using Camshaft.Testing.Cuda.Ptx.Execution;

namespace Camshaft.Testing.Cuda.Ptx;

/// <summary>An instruction whose names and types are resolved. Immutable.</summary>
internal abstract class PtxInstruction
{
    /// <summary>Its line in the text.</summary>
    public required int Line { get; init; }

    /// <summary>On what it depends; null = it is always run.</summary>
    public required PtxGuard? Guard { get; init; }

    /// <summary>Runs it for a thread, which stands behind it already.</summary>
    /// <exception cref="Misuse">A GPU would fault, or do what nobody can rely on.</exception>
    public abstract void Execute(PtxThread thread);
}
