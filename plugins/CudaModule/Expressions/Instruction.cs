namespace Camshaft.Plugins.CudaModules.Expressions;

/// <summary>One step of an expression's evaluation.</summary>
/// <param name="Operation">What is done with what lies on the stack.</param>
/// <param name="Value">The number to push, or the place of the symbol whose value is pushed.</param>
internal readonly record struct Instruction(Operation Operation, long Value = 0);
