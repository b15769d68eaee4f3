namespace Camshaft.Plugins.CudaModules.Expressions;

/// <summary>What an expression is made of.</summary>
internal enum Operation
{
    Number,
    Symbol,
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    CeilingDivide,
    Minimum,
    Maximum,
}
