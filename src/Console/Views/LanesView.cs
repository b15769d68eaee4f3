namespace Camshaft.LiveConsole.Views;

/// <summary>What ran on which lane within the last second, or, with the first message, the last seconds.</summary>
/// <param name="System">The process, with its lanes.</param>
/// <param name="Runs">What ran, by lane and start.</param>
/// <param name="LeftOut">How many runs are left out because there were too many.</param>
internal sealed record LanesView(SystemView System, IReadOnlyList<RunView> Runs, int LeftOut)
{
    /// <summary>The alerts that fire, the most severe first.</summary>
    public IReadOnlyList<AlertView> Alerts { get; init; } = [];
}
