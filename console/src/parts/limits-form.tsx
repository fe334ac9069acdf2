import { type Limits } from "../api/jobs";
import { t } from "../words";
import { TextField } from "./field";

interface LimitsFormProps {
  limits: Limits;
  onLimits: (limits: Limits) => void;
}

/** What a job may spend, and how fast; empty for no limit. */
export function LimitsForm({ limits, onLimits }: LimitsFormProps) {
  return (
    <div class="row-of-fields">
      <TextField
        label={t("limits.budget")}
        help={t("limits.budget.help")}
        inputMode="decimal"
        value={limits.budget}
        onValue={(budget) => onLimits({ ...limits, budget })}
      />
      <TextField
        label={t("limits.rate")}
        help={t("limits.rate.help")}
        inputMode="numeric"
        value={limits.rate}
        onValue={(rate) => onLimits({ ...limits, rate })}
      />
    </div>
  );
}
