using Camshaft.Backends;
using Camshaft.Plugins.CudaModules.Expressions;

namespace Camshaft.Plugins.CudaModules.Manifest;

/// <summary>A manifest that holds together: every name in it is known, every expression is one.</summary>
/// <param name="ModulePath">The module's file.</param>
/// <param name="Signature">Inputs and outputs.</param>
/// <param name="Symbols">The names of the inputs' variable dimensions.</param>
/// <param name="InputSymbols">For each input and dimension the place of its symbol; -1 = a fixed length.</param>
/// <param name="OutputShapes">For each output its dimensions.</param>
/// <param name="Scratch">What kernels hand on to each other.</param>
/// <param name="Kernels">What is launched, in this order.</param>
internal sealed record ModuleDefinition(
    string ModulePath,
    ModelSignature Signature,
    IReadOnlyList<string> Symbols,
    int[][] InputSymbols,
    Expression[][] OutputShapes,
    ScratchDefinition[] Scratch,
    KernelDefinition[] Kernels);
