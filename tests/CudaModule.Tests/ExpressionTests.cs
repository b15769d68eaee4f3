using Camshaft.Plugins.CudaModules.Expressions;
using CsCheck;

namespace Camshaft.Plugins.CudaModules.Tests;

public sealed class ExpressionTests
{
    private static readonly string[] Symbols = ["n", "rows"];

    [Theory]
    [InlineData("7", 7)]
    [InlineData("n", 10)]
    [InlineData(" 1 + 2 * n ", 21)]
    [InlineData("(1 + 2) * n", 30)]
    [InlineData("n - 3 - 2", 5)]
    [InlineData("n / 3 * 3 + n % 3", 10)]
    [InlineData("ceil_div(n, 3)", 4)]
    [InlineData("ceil_div(n, 5)", 2)]
    [InlineData("min(n, rows) + max(n, rows)", 13)]
    [InlineData("ceil_div(max(n, 1) * rows, 4)", 8)]
    public void An_expression_has_the_value_that_it_reads_as(string text, long value) => Assert.Equal(value, ExpressionParser.Parse(text, Symbols).Evaluate([10, 3]));

    [Theory]
    [InlineData("", "ends; expected a number, a symbol or '('")]
    [InlineData("n +", "ends; expected a number, a symbol or '('")]
    [InlineData("(n", "ends; expected ')'")]
    [InlineData("n n", "has 'n' at 3; expected an operator")]
    [InlineData("n;1", "has ';' at 2; expected an operator")]
    [InlineData("m", "is no symbol; the inputs' shapes have n, rows")]
    [InlineData("sqrt(n, 1)", "is no function; there are ceil_div, min and max")]
    [InlineData("ceil_div(n)", "has ')' at 11; expected ','")]
    [InlineData("99999999999999999999", "does not fit 64 bits")]
    public void A_text_that_is_no_expression_is_refused(string text, string reason) =>
        Assert.Contains(reason, Assert.Throws<ExpressionException>(() => ExpressionParser.Parse(text, Symbols)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("n * n * n * n * n * n * n", "does not fit 64 bits")]
    [InlineData("ceil_div(9223372036854775807, 2)", "does not fit 64 bits")]
    [InlineData("n / (rows - 3)", "divides by zero")]
    [InlineData("n % (rows - 3)", "divides by zero")]
    [InlineData("ceil_div(n, rows - 3)", "divides by zero")]
    public void An_expression_without_a_value_is_refused(string text, string reason) =>
        Assert.Contains(reason, Assert.Throws<ExpressionException>(() => ExpressionParser.Parse(text, Symbols).Evaluate([1_000_000_000, 3])).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData('(', ')', "nested too deeply")]
    public void Deep_nesting_is_refused(char open, char close, string reason) =>
        Assert.Contains(reason, Assert.Throws<ExpressionException>(() => ExpressionParser.Parse(new string(open, 90) + "n" + new string(close, 90), Symbols)).Message, StringComparison.Ordinal);

    [Fact]
    public void Any_text_is_an_expression_or_refused() => Gen.String[Gen.Char["n()+-*/%,19 "], 0, 40].Sample(static text =>
    {
        try
        {
            ExpressionParser.Parse(text, Symbols).Evaluate([7, 3]);
        }
        catch (ExpressionException exception)
        {
            Assert.NotEmpty(exception.Message);
        }
    });
}
