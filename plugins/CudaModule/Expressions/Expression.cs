namespace Camshaft.Plugins.CudaModules.Expressions;

/// <summary>
/// A whole number that depends on lengths of dimensions, such as <c>ceil_div(n, 256)</c>. Evaluated without taking memory, in 64 bits;
/// what does not fit them is an error. Immutable.
/// </summary>
internal sealed class Expression(string text, Instruction[] instructions)
{
    /// <summary>How many values may lie on the stack at once.</summary>
    public const int DeepestStack = 32;

    /// <summary>The symbol that this is and nothing else; -1 = it is more, or none.</summary>
    public int Symbol => instructions is [{ Operation: Operation.Symbol, Value: var symbol }] ? (int)symbol : -1;

    /// <summary>The number that this is and nothing else; null = it depends on symbols, or is more than a number.</summary>
    public long? Number => instructions is [{ Operation: Operation.Number, Value: var number }] ? number : null;

    /// <summary>Whether it has the same value whatever the symbols are.</summary>
    public bool IsConstant => !instructions.Any(static instruction => instruction.Operation == Operation.Symbol);

    /// <summary>Computes it.</summary>
    /// <param name="symbols">The symbols' values, by their places.</param>
    /// <exception cref="ExpressionException">It divides by zero, or a value does not fit 64 bits.</exception>
    public long Evaluate(ReadOnlySpan<long> symbols)
    {
        Span<long> stack = stackalloc long[DeepestStack];
        var depth = 0;
        try
        {
            foreach (var (operation, value) in instructions)
            {
                if (operation is Operation.Number or Operation.Symbol)
                {
                    stack[depth++] = operation == Operation.Number ? value : symbols[(int)value];
                }
                else
                {
                    depth--;
                    stack[depth - 1] = Combine(operation, stack[depth - 1], stack[depth]);
                }
            }
        }
        catch (ArithmeticException exception)
        {
            throw new ExpressionException(exception is DivideByZeroException ? $"'{text}' divides by zero" : $"'{text}' has a value that does not fit 64 bits");
        }

        return stack[0];
    }

    /// <summary>As it was written.</summary>
    public override string ToString() => text;

    private static long Combine(Operation operation, long left, long right) => checked(operation switch
    {
        Operation.Add => left + right,
        Operation.Subtract => left - right,
        Operation.Multiply => left * right,
        Operation.Divide => left / right,
        Operation.Remainder => left % right,
        Operation.CeilingDivide => (left + right - 1) / right,
        Operation.Minimum => Math.Min(left, right),
        _ => Math.Max(left, right),
    });
}
