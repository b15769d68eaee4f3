using Camshaft.Engine.Alerts;
using Camshaft.Engine.Objectives;
using Camshaft.LiveConsole.Views;

namespace Camshaft.LiveConsole.Sampling;

/// <summary>Puts alerts and objectives into what pages show.</summary>
internal static class AlertViews
{
    /// <summary>The alerts that fire, the most severe first.</summary>
    public static IReadOnlyList<AlertView> Describe(AlertBoard board) => [.. board.Active.Where(static alert => alert.State == AlertState.Firing).Select(Describe)];

    /// <summary>Both promises of a model's objective.</summary>
    public static IReadOnlyList<ObjectiveView> Describe(ModelObjectives objectives) => [.. objectives.States.Select(static state => new ObjectiveView(
        ModelRows.Spell(state.Kind), state.Target, Figures.Round(state.Tally.Percent), Figures.Round(state.BudgetLeft), Figures.Round(state.BurnRate), ModelRows.Spell(state.Health)))];

    private static AlertView Describe(Alert alert) => new(alert.Fingerprint, ModelRows.Spell(alert.Severity), alert.Summary, alert.Description, Figures.ToUnixSeconds(alert.StartsAt))
    {
        Model = alert.Labels.GetValueOrDefault("model"),
    };
}
